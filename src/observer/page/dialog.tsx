import { signal } from "@preact/signals";
import type { ComponentChildren, JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";

interface Question {
  readonly title: string;
  readonly text: ComponentChildren;
  /** What the button says that does it. */
  readonly verb: string;
  readonly danger: boolean;
  readonly act: () => void;
}

const asked = signal<Question | undefined>(undefined);

/** Asks before something is done to the program. The button that leaves all as it is has the focus. */
export function confirm(question: Question): void {
  asked.value = question;
}

/** Where the question of `confirm` appears. The browser keeps the focus inside, ends it with Escape, and gives the focus back. */
export function Confirmation(): JSX.Element | null {
  const question = asked.value;
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    if (question) dialog.current?.showModal();
  }, [question]);
  if (!question) return null;
  const close = () => dialog.current?.close();
  return (
    <dialog
      ref={dialog}
      role="alertdialog"
      aria-labelledby="question"
      aria-describedby="question-text"
      onClose={() => {
        asked.value = undefined;
      }}
    >
      <h2 id="question">{question.title}</h2>
      <div id="question-text">{question.text}</div>
      <div class="actions">
        <button type="button" class="button" autofocus onClick={close}>
          Cancel
        </button>
        <button
          type="button"
          class={`button primary ${question.danger ? "danger" : ""}`}
          onClick={() => {
            close();
            question.act();
          }}
        >
          {question.verb}
        </button>
      </div>
    </dialog>
  );
}
