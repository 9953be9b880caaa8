/** Paper: the server's PDF, handed to the browser's print dialog. */
import { api, type Query } from "./client";

/** Long enough for any print dialog; then the frame and its file go. */
const KEPT_MS = 600_000;

/** `path`: where the server makes the file. */
export async function print(path: string, query: Query = {}): Promise<void> {
  const { blob, name } = await api.file("GET", path, { query });
  const source = URL.createObjectURL(new Blob([blob], { type: "application/pdf" }));
  const frame = document.createElement("iframe");
  frame.className = "unseen";
  frame.title = name;
  frame.src = source;
  frame.addEventListener("load", () => {
    frame.contentWindow?.focus();
    frame.contentWindow?.print();
  });
  document.body.append(frame);
  setTimeout(() => {
    frame.remove();
    URL.revokeObjectURL(source);
  }, KEPT_MS);
}
