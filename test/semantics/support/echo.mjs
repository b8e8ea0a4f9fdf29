// A module for processes that are spawned by its URL and the name of an export. Plain JavaScript, since Node 20 imports it by itself
// when the suite runs on the bundle.

export function* echo(self, prefix) {
  yield* self.receive({ say: ([, from, text]) => self.send(from, prefix + text) });
}

export const five = 5;
