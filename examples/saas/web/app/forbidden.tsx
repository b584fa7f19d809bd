import Link from 'next/link';

export default function Forbidden() {
  return (
    <>
      <title>No access</title>
      <h1>No access</h1>
      <p>
        You are not in this organization. <Link href="/">Choose another organization</Link>
      </p>
    </>
  );
}
