/** Where people are: the feed, whom one follows, who follows, and whom one does not want to see. */
export const routes = [{ path: '/people/:part(following|followers|quiet)?', name: 'people', component: () => import('./PeopleScreen.vue') }];
