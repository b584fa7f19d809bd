import Link from 'next/link';

export default function NotFound() {
  return (
    <>
      <title>Not found</title>
      <h1>Not found</h1>
      <p>
        There is no such page. <Link href="/">Choose an organization</Link>
      </p>
    </>
  );
}
