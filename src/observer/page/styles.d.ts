/** The text of a style sheet, as scripts/build-page.mjs loads it. */
declare module "*.css" {
  const text: string;
  export default text;
}
