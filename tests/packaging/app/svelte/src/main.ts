import { mount } from 'svelte';
import References from './References.svelte';

mount(References, { target: document.body });
