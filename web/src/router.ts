/** Which screen is where. Each folder of `screens/` says it of itself; each screen is a part that is loaded when it is first wanted. */
import { createRouter, createWebHistory, type RouteRecordRaw } from 'vue-router';
import { whoAmI } from './api/session';
import AppFrame from './frame/AppFrame.vue';

declare module 'vue-router' {
  interface RouteMeta {
    /** For people who are not signed in as well; shown without the frame. */
    readonly isPublic?: boolean;
  }
}

const found = import.meta.glob<{ routes: readonly RouteRecordRaw[] }>('./screens/*/routes.ts', { eager: true });
const all = Object.values(found).flatMap(({ routes }) => routes);

export const router = createRouter({
  history: createWebHistory(),
  routes: [
    ...all.filter(({ meta }) => meta?.isPublic),
    { path: '/', component: AppFrame, children: all.filter(({ meta }) => !meta?.isPublic) },
  ],
});

router.beforeEach(async (to) => {
  if (to.meta.isPublic) return true;
  try {
    if ((await whoAmI()) !== null) return true;
  } catch {
    // Nobody answers: what is kept of the application says so, and goes on by itself.
    return true;
  }
  return { path: '/login', query: to.fullPath === '/' ? {} : { to: to.fullPath } };
});

// Somebody who hears the page is told where they are now.
router.afterEach((to, from, failure) => {
  if (!failure && from.matched.length > 0 && to.path !== from.path) requestAnimationFrame(() => document.getElementById('content')?.focus());
});
