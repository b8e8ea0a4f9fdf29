/** What a terminal shows of what a program has written to it: lines, without colours. */
export function screenOf(written: string): string[] {
  const lines: string[][] = [[]];
  let row = 0;
  let column = 0;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what a terminal is told by
  for (const [part, , count, command] of written.matchAll(/\x1b\[(\??([\d;]*))([A-Za-z])|[\s\S]/g)) {
    const n = Number(count || 1);
    const line = lines[row] as string[];
    if (command === "A") row = Math.max(0, row - n);
    else if (command === "B") row = Math.min(lines.length - 1, row + n);
    else if (command === "C") column += n;
    else if (command === "D") column = Math.max(0, column - n);
    else if (command === "G") column = Math.max(0, n - 1);
    else if (command === "K") line.length = Math.min(line.length, count === "2" ? 0 : column);
    else if (command === "J") {
      line.length = Math.min(line.length, column);
      lines.length = row + 1;
    } else if (command !== undefined) {
      // Colours, and what turns the cursor on and off.
    } else if (part === "\n") {
      row++;
      if (row === lines.length) lines.push([]);
    } else if (part === "\r") column = 0;
    else if (part === "\b") column = Math.max(0, column - 1);
    else if (part >= " ") {
      while (line.length < column) line.push(" ");
      line[column++] = part;
    }
  }
  return lines.map((line) => line.join("").trimEnd());
}
