/** The words of the timeline's screen. */
import { defineWords } from '../../ui/words';

export const words = defineWords({
  en: { title: 'Pictures' },
  fr: { title: 'Photos' },
});
