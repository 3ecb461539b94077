/** Edits that are not saved are not lost by accident: leaving the screen or the page asks first. */
import { onBeforeUnmount, onMounted } from 'vue';
import { onBeforeRouteLeave, onBeforeRouteUpdate } from 'vue-router';
import { confirm } from '../ui/confirm';
import { defineWords } from '../ui/words';

const words = defineWords({
  en: { title: 'Leave without saving?', text: 'What you changed here is not saved.', leave: 'Leave' },
  fr: { title: 'Quitter sans enregistrer ?', text: 'Vos modifications ne sont pas enregistrées.', leave: 'Quitter' },
});

/** Enter in a field of a long form does not send it half written. */
export function holdEnter(event: KeyboardEvent): void {
  if (event.target instanceof HTMLInputElement && !['checkbox', 'radio', 'submit'].includes(event.target.type)) event.preventDefault();
}

/** While `isDirty` says so. */
export function useUnsaved(isDirty: () => boolean): void {
  async function sure(): Promise<boolean> {
    return !isDirty() || confirm({ title: words.value.title, text: words.value.text, action: words.value.leave, danger: true });
  }

  function unloading(event: BeforeUnloadEvent): void {
    if (isDirty()) event.preventDefault();
  }

  onBeforeRouteLeave(sure);
  onBeforeRouteUpdate((to, from) => (to.path === from.path ? true : sure()));
  onMounted(() => window.addEventListener('beforeunload', unloading));
  onBeforeUnmount(() => window.removeEventListener('beforeunload', unloading));
}
