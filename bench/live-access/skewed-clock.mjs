/** How fast the clock of this process is. It is to be imported before anything reads the clock. */
export const clock = { skewSeconds: 0 };

const realNow = Date.now.bind(Date);
Date.now = () => realNow() + Math.round(clock.skewSeconds * 1000);
