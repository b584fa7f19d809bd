import Link from 'next/link';

export default function Forbidden() {
  return (
    <h1>
      No access. <Link href="/">Choose another organization</Link>
    </h1>
  );
}
