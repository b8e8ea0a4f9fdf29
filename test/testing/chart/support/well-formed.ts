const NAME = /[A-Za-z][\w:-]*/y;
const CHARACTERS = /^[\t\n\r\x20-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]*$/u;
const ENTITY = /&(?!(?:amp|lt|gt|quot|#39);)/;

/** The names of the elements of an XML document without declarations; throws where it is not well formed. */
export function elementsOf(xml: string): string[] {
  if (!CHARACTERS.test(xml)) throw new Error("a character that XML has not");
  const elements: string[] = [];
  const open: string[] = [];
  let at = 0;
  const fail = (what: string): never => {
    throw new Error(`${what} at ${at}: ${xml.slice(Math.max(0, at - 40), at + 40)}`);
  };
  const name = (): string => {
    NAME.lastIndex = at;
    const found = NAME.exec(xml)?.[0] ?? fail("no name");
    at += found.length;
    return found;
  };
  const text = (value: string) => (ENTITY.test(value) ? fail("a bare &") : value);
  while (at < xml.length) {
    const tag = xml.indexOf("<", at);
    if (tag < 0) {
      if (xml.slice(at).trim() !== "") fail("text behind the end");
      break;
    }
    text(xml.slice(at, tag));
    if (open.length === 0 && xml.slice(at, tag).trim() !== "") fail("text outside");
    if (open.length === 0 && elements.length > 0) fail("a second root");
    at = tag + 1;
    if (xml[at] === "/") {
      at++;
      const closed = name();
      if (open.pop() !== closed) fail(`</${closed}>`);
      if (xml[at++] !== ">") fail("no >");
      continue;
    }
    const element = name();
    elements.push(element);
    const attributes = new Set<string>();
    while (xml[at] === " ") {
      at++;
      const attribute = name();
      if (attributes.has(attribute)) fail(`${attribute} twice`);
      attributes.add(attribute);
      if (xml.slice(at, at + 2) !== '="') fail("no value");
      const end = xml.indexOf('"', at + 2);
      if (end < 0) fail("no end of a value");
      const value = text(xml.slice(at + 2, end));
      if (value.includes("<")) fail("< in a value");
      at = end + 1;
    }
    if (xml.startsWith("/>", at)) at += 2;
    else if (xml[at] === ">") {
      at++;
      open.push(element);
    } else fail("no end of a tag");
  }
  if (open.length > 0) fail(`no </${open.at(-1)}>`);
  return elements;
}
