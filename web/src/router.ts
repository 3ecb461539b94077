/** Which screen is where. Each folder of `screens/` says it of itself; each screen is a part that is loaded when it is first wanted. */
import { createRouter, createWebHistory, type RouteLocationNormalized, type RouteRecordRaw } from 'vue-router';
import { whoAmI } from './api/session';
import AppFrame from './frame/AppFrame.vue';
import { awaitDrops } from './frame/drops';
import { part } from './ui/part';

declare module 'vue-router' {
  interface RouteMeta {
    /** For people who are not signed in as well; shown without the frame. */
    readonly isPublic?: boolean;
    /** Another id in its address is another screen, which begins anew. */
    readonly isOwn?: boolean;
  }
}

const found = import.meta.glob<{ routes: readonly RouteRecordRaw[] }>('./screens/*/routes.ts', { eager: true });
const all = Object.values(found).flatMap(({ routes }) => routes.map(waiting));

export const router = createRouter({
  history: createWebHistory(),
  routes: [
    ...all.filter(({ meta }) => meta?.isPublic),
    { path: '/', component: AppFrame, children: all.filter(({ meta }) => !meta?.isPublic) },
  ],
});

router.beforeEach(async (to) => {
  if (to.meta.isPublic) return true;
  fetchParts(to);
  try {
    if ((await whoAmI()) !== null) return true;
  } catch {
    // Nobody answers: what is kept of the application says so, and goes on by itself.
    return true;
  }
  return { path: '/login', query: to.fullPath === '/' ? {} : { to: to.fullPath } };
});

/** A screen's parts are on their way while the server is asked who this is; one that fails is asked for again by the router. */
function fetchParts(to: RouteLocationNormalized): void {
  for (const { components } of to.matched) {
    const part: unknown = components?.default;
    if (typeof part === 'function') Promise.resolve(part()).catch(() => undefined);
  }
}

/** Somebody who hears the page is told where they are now; a field or a list that has taken the focus there keeps it. */
function arrive(): void {
  const content = document.getElementById('content');
  if (content && !content.contains(document.activeElement)) content.focus();
}

router.afterEach((to, from, failure) => {
  if (failure) return;
  awaitDrops(!to.meta.isPublic);
  if (from.matched.length > 0 && to.path !== from.path) requestAnimationFrame(arrive);
});

/** A screen that cannot be fetched now is shown once it can, unless one has gone elsewhere. */
function waiting(record: RouteRecordRaw): RouteRecordRaw {
  const { component, children } = record;
  const load = typeof component === 'function' ? { component: part(component as () => Promise<unknown>) } : {};
  return { ...record, ...load, ...(children ? { children: children.map(waiting) } : {}) } as RouteRecordRaw;
}
