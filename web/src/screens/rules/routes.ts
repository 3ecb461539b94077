export const routes = [
  { path: '/rules', name: 'rules', component: () => import('./RulesScreen.vue') },
  { path: '/rules/:id', name: 'rule', component: () => import('./RuleScreen.vue') },
];
