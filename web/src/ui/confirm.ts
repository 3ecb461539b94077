/** Asking before something that has no easy way back. What can be undone is done without asking. */
import { readonly, shallowRef } from 'vue';

export interface Question {
  readonly title: string;
  readonly text: string;
  /** What the button says: a verb. */
  readonly action: string;
  readonly danger?: boolean;
}

interface Asked extends Question {
  readonly answer: (sure: boolean) => void;
}

const open = shallowRef<Asked | null>(null);
export const question = readonly(open);

/** Whether they are sure. */
export function confirm(asked: Question): Promise<boolean> {
  open.value?.answer(false);
  return new Promise((resolve) => {
    open.value = {
      ...asked,
      answer: (sure) => {
        open.value = null;
        resolve(sure);
      },
    };
  });
}
