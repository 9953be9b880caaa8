/** Short words over the page, gone by themselves: what was done, what was not kept. */
import { message } from "antd";
import type { MessageInstance } from "antd/es/message/interface";
import { createContext, type ReactNode, use } from "react";

const Spoken = createContext<MessageInstance | null>(null);

export function Messages({ children }: { children: ReactNode }) {
  const [spoken, place] = message.useMessage();
  return (
    <Spoken value={spoken}>
      {place}
      {children}
    </Spoken>
  );
}

export function useMessage(): MessageInstance {
  const spoken = use(Spoken);
  if (!spoken) throw new Error("useMessage stands outside of Messages");
  return spoken;
}
