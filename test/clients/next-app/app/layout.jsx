import { AuthProvider } from '@propelauth/nextjs/client';

export default function RootLayout({ children }) {
  return (
    <html lang="en">
      <body>
        <AuthProvider authUrl={process.env.NEXT_PUBLIC_AUTH_URL}>{children}</AuthProvider>
      </body>
    </html>
  );
}
