import type { JSX } from "preact";
import { Icon } from "./icons.tsx";

/** The field that a list is searched by. `onEnter`: what the enter key does. */
export function Search(props: {
  readonly label: string;
  readonly placeholder: string;
  readonly value: string;
  readonly onText: (text: string) => void;
  readonly onEnter?: () => void;
}): JSX.Element {
  const { label, placeholder, value, onText, onEnter } = props;
  return (
    <div class="search">
      <Icon name="search" />
      <input
        class="field"
        type="search"
        placeholder={placeholder}
        aria-label={label}
        value={value}
        onInput={(event) => onText(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === "Enter") onEnter?.();
        }}
      />
    </div>
  );
}
