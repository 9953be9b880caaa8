/**
 * The nonce of this document, which the server's policy asks of every style that a script makes. Most of the library
 * can be told of it; what locks scrolling behind a dialog cannot, so the document gives it to style elements as they
 * are made.
 */
export const NONCE = document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? "";

const create = document.createElement.bind(document) as (name: string, options?: ElementCreationOptions) => HTMLElement;

document.createElement = ((name: string, options?: ElementCreationOptions) => {
  const element = create(name, options);
  if (NONCE && element instanceof HTMLStyleElement) element.nonce = NONCE;
  return element;
}) as typeof document.createElement;
