import { createApp } from 'vue';
import AppReferences from './AppReferences.vue';

createApp(AppReferences).mount(document.body.appendChild(document.createElement('main')));
