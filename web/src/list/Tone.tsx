/** A choice or a state: a dot that tells it apart at a glance, and always its word. */
import "./tone.css";

/** As many dots as can be told apart; the word says the rest. */
const TONES = 7;

interface Props {
  options: Record<string, string> | undefined;
  value: string;
}

export function Tone({ options, value }: Props) {
  const place = Object.keys(options ?? {}).indexOf(value);
  return (
    <span className="tone">
      <span className="tone-dot" data-tone={place < 0 ? 0 : place % TONES} aria-hidden="true" />
      <span className="tone-word">{options?.[value] ?? value}</span>
    </span>
  );
}
