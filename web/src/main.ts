import './frame/drops';
import './ui/tokens.css';
import './ui/base.css';
import './ui/theme';
import { createApp } from 'vue';
import App from './App.vue';
import { router } from './router';
import { part } from './ui/part';

createApp(App).use(router).mount('#app');

// Pictures come first.
window.setTimeout(() => void part(() => import('./worker/register'))().then(({ beginWorker }) => beginWorker()), 1500);
