import { AuthProvider } from '@propelauth/nextjs/client';
import { SignedInUser } from '@/components/signed-in-user';
import './style.css';

export const metadata = { title: 'Projects' };

export default function Layout({ children }: LayoutProps<'/'>) {
  return (
    <html lang="en">
      <body>
        <AuthProvider authUrl={process.env.NEXT_PUBLIC_AUTH_URL!}>
          <SignedInUser />
          <main>{children}</main>
        </AuthProvider>
      </body>
    </html>
  );
}
