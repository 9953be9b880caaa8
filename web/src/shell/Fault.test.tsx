import { render, screen } from "@testing-library/react";
import { expect, it, vi } from "vitest";
import { Fault } from "./Fault";

function Page({ breaks }: { breaks: boolean }) {
  if (breaks) throw new Error("broken on purpose");
  return <p>whole</p>;
}

it("holds a page that breaks, and lets the next one stand", () => {
  const told = vi.spyOn(console, "error").mockImplementation(() => undefined);
  const at = (address: string, breaks: boolean) => (
    <Fault at={address}>
      <Page breaks={breaks} />
    </Fault>
  );
  const { rerender } = render(at("/a", true));
  expect(screen.getByRole("button")).toBeVisible();
  rerender(at("/a", false));
  expect(screen.queryByText("whole")).toBeNull();
  rerender(at("/b", false));
  expect(screen.getByText("whole")).toBeVisible();
  told.mockRestore();
});
