const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Text as it stands in an element or an attribute of XML or HTML. It has to be printable already: XML has no controls. */
export function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? "");
}

/** An element. Numbers are rounded, attributes without a value are left out; children are XML already. */
export function element(
  name: string,
  attributes: Readonly<Record<string, string | number | undefined>>,
  ...children: readonly string[]
): string {
  let text = `<${name}`;
  for (const [attribute, value] of Object.entries(attributes)) {
    if (value === undefined) continue;
    text += ` ${attribute}="${typeof value === "number" ? Math.round(value * 10) / 10 : escaped(value)}"`;
  }
  return children.length === 0 ? `${text}/>` : `${text}>${children.join("")}</${name}>`;
}
