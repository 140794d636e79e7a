/**
 * The text of an answer as blocks to draw. It is plain text: paragraphs, lists, and the numbers of citations in
 * brackets; anything else, markup included, stays the characters that it is.
 */
export type Span = { is: "text"; text: string } | { is: "citation"; number: number };

export type Block =
  { is: "paragraph"; lines: Span[][] } | { is: "list"; ordered: boolean; start: number; items: Span[][] };

const ITEM = /^\s{0,8}(?:(\d{1,3})[.)]|[-*•])\s+(.*)$/;

/** `known` are the numbers of the citations that there are; other numbers in brackets stay text. */
export function blocksOf(text: string, known: readonly number[]): Block[] {
  const blocks: Block[] = [];
  for (const line of text.replaceAll("\r\n", "\n").split("\n")) addLine(blocks, line, known);
  return blocks.filter((block) => block.is === "list" || block.lines.length > 0);
}

function addLine(blocks: Block[], line: string, known: readonly number[]): void {
  const last = blocks.at(-1);
  const item = ITEM.exec(line);
  if (item) addItem(blocks, last, item, known);
  else if (!line.trim()) blocks.push({ is: "paragraph", lines: [] });
  else if (last?.is === "paragraph") last.lines.push(spansOf(line, known));
  else blocks.push({ is: "paragraph", lines: [spansOf(line, known)] });
}

function addItem(blocks: Block[], last: Block | undefined, item: RegExpExecArray, known: readonly number[]): void {
  const number = Number(item[1] ?? NaN);
  const ordered = !Number.isNaN(number);
  const spans = spansOf(item[2] ?? "", known);
  // A list that does not count on, such as steps 2 and 4 quoted alone, begins anew: its numbers are the document's.
  const goesOn =
    last?.is === "list" && last.ordered === ordered && (!ordered || number === last.start + last.items.length);
  if (goesOn) last.items.push(spans);
  else blocks.push({ is: "list", ordered, start: ordered ? number : 1, items: [spans] });
}

export function spansOf(text: string, known: readonly number[]): Span[] {
  return text
    .split(/(\[\d{1,3}\])/)
    .filter(Boolean)
    .map((piece) => spanOf(piece, known));
}

function spanOf(piece: string, known: readonly number[]): Span {
  const number = Number(/^\[(\d{1,3})\]$/.exec(piece)?.[1] ?? NaN);
  return known.includes(number) ? { is: "citation", number } : { is: "text", text: piece };
}

/** What is read aloud: no numbers of citations. */
export function spoken(text: string): string {
  return text.replace(/\s*\[\d{1,3}\]/g, "").trim();
}
