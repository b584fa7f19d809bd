import Link from 'next/link';

export default function Forbidden() {
  return (
    <>
      <h1>No access</h1>
      <p>
        You are not in this organization, or no longer. <Link href="/">Choose another one</Link>
      </p>
    </>
  );
}
