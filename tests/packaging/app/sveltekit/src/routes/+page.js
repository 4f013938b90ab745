import { providers } from 'mediaferry';

export const prerender = true;

export const load = async () => ({ names: (await providers()).map(({ name }) => name) });
