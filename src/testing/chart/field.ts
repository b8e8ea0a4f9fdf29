import { columns } from "./printable.ts";
import { paint, type Tone } from "./signs.ts";

/** One line of the lanes' part: a character and its tone for each column. */
export class Field {
  private readonly characters: string[];
  private readonly tones: Tone[];
  used = false;

  constructor(width: number) {
    this.characters = Array.from({ length: width }, () => " ");
    this.tones = Array.from({ length: width }, (): Tone => "plain");
  }

  at(x: number): string {
    return this.characters[x] ?? " ";
  }

  put(x: number, character: string, tone: Tone): void {
    if (x < 0 || x >= this.characters.length) return;
    this.characters[x] = character;
    this.tones[x] = tone;
    this.used = true;
  }

  /** Writes a text whose middle is at `x`, or as near to it as the border lets it. */
  center(x: number, text: string, tone: Tone): void {
    let at = Math.max(0, x - Math.floor(columns(text) / 2));
    for (const character of text) {
      const wide = columns(character);
      // What has no width of its own belongs to the one before.
      if (wide === 0) this.characters[at - 1] += character;
      else this.put(at, character, tone);
      if (wide === 2) this.put(at + 1, "", tone);
      at += wide;
    }
  }

  text(): string {
    return this.characters.join("");
  }

  painted(): string {
    let result = "";
    for (let x = 0; x < this.characters.length; ) {
      let end = x;
      while (end < this.characters.length && this.tones[end] === this.tones[x]) end++;
      result += paint(this.characters.slice(x, end).join(""), this.tones[x] ?? "plain");
      x = end;
    }
    return result;
  }
}
