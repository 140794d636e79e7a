const TIME_TO_SAVE_MS = 60_000;

/** Hands bytes to the browser as a file. */
export function saveAs(blob: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), TIME_TO_SAVE_MS);
}
