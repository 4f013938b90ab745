import { Uploader } from './uploader';

export default function Page() {
  return <Uploader />;
}
