/** Headings of days on the screen, each with a mark that selects its day. */
export type Chosen = 'true' | 'false' | 'mixed';

interface Drawn {
  readonly element: HTMLElement;
  readonly mark: HTMLButtonElement;
  readonly text: HTMLElement;
  seen: number;
  version: number;
  top: number;
}

export interface HeadingWords {
  /** In as many letters as there is room for. */
  day(day: string, width: number): string;
  selectDay(day: string): string;
}

export class Headings {
  readonly #drawn = new Map<string, Drawn>();
  #round = 0;

  constructor(
    private readonly layer: HTMLElement,
    private readonly words: HeadingWords,
  ) {}

  begin(): void {
    this.#round++;
  }

  heading(day: string, left: number, top: number, width: number, version: number, chosen: () => Chosen): void {
    let drawn = this.#drawn.get(day);
    if (!drawn) {
      drawn = this.#made(day);
      this.#drawn.set(day, drawn);
      this.layer.append(drawn.element);
    }
    drawn.seen = this.#round;
    if (drawn.version !== version) {
      drawn.version = version;
      const state = chosen();
      if (drawn.mark.getAttribute('aria-checked') !== state) drawn.mark.setAttribute('aria-checked', state);
      drawn.text.textContent = this.words.day(day, width);
      drawn.mark.setAttribute('aria-label', this.words.selectDay(day));
      drawn.element.style.width = `${width}px`;
      drawn.top = Number.NaN;
    }
    if (drawn.top !== top) drawn.element.style.transform = `translate(${left}px, ${top}px)`;
    drawn.top = top;
  }

  end(): void {
    for (const [day, drawn] of this.#drawn) {
      if (drawn.seen === this.#round) continue;
      drawn.element.remove();
      this.#drawn.delete(day);
    }
  }

  #made(day: string): Drawn {
    const element = document.createElement('div');
    element.className = 'day';
    const mark = document.createElement('button');
    mark.type = 'button';
    mark.className = 'day-mark';
    mark.dataset.day = day;
    mark.tabIndex = -1;
    mark.setAttribute('role', 'checkbox');
    const text = document.createElement('h2');
    element.append(mark, text);
    return { element, mark, text, seen: 0, version: -1, top: Number.NaN };
  }
}
