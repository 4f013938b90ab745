import { providers } from 'mediaferry';
import { References } from './references';

export default async function Page() {
  return (
    <>
      <p>{(await providers()).length} providers</p>
      <References />
    </>
  );
}
