/** The states of a form as a road: where a record comes from, where it stands, and where it goes if all goes well. Pure. */
import type { Form, State } from "@/api/types";

export interface Stop extends State {
  is: "past" | "now" | "ahead";
}

/** From the first state along the first step that leads on; a state beside the road is shown where the record stands. */
export function pathOf(form: Form, now: string | undefined): Stop[] {
  const main = mainPath(form);
  const at = main.findIndex((one) => one.name === now);
  if (at >= 0) return main.map((one, place) => ({ ...one, is: place < at ? "past" : place === at ? "now" : "ahead" }));
  const beside = form.states.find((one) => one.name === now);
  const first = main[0];
  if (!beside || !first) return main.map((one) => ({ ...one, is: "ahead" }));
  return [
    { ...first, is: "past" },
    { ...beside, is: "now" },
  ];
}

/** Whether a step from a state leads on along the road or stays there; not back, and not away from it. */
export function leadsOn(form: Form, from: string | null | undefined, to: string): boolean {
  const main = mainPath(form).map((one) => one.name);
  return main.includes(to) && main.indexOf(to) >= main.indexOf(from ?? "");
}

function mainPath(form: Form): State[] {
  const path: State[] = [];
  let state: State | undefined = form.states[0];
  while (state && !path.includes(state)) {
    path.push(state);
    const from = state.name;
    const next = form.transitions.find(
      (one) => one.from.includes(from) && !path.some((passed) => passed.name === one.to),
    );
    state = form.states.find((one) => one.name === next?.to);
  }
  return path;
}

/** Whether a field can be changed in a state: up to the state that it (or its lines) names, else as the state says. */
export function isOpenIn(form: Form, state: string | undefined, lockedAfter: string | null): boolean {
  if (state === undefined || form.states.length === 0) return true;
  const places = form.states.map((one) => one.name);
  if (lockedAfter !== null) return places.indexOf(state) <= places.indexOf(lockedAfter);
  return form.states.find((one) => one.name === state)?.editable ?? false;
}
