/** What an application says when it does not start; an empty text when it does. */
export async function messageOf(starting: Promise<{ close(): Promise<void> }>): Promise<string> {
  try {
    const application = await starting;
    await application.close();
    return '';
  } catch (error) {
    return (error as Error).message;
  }
}
