import { connect, send } from './client.js';

/** Sends one message as the user of TOKEN, and prints the response. */
const [event = 'me', data = '{}'] = process.argv.slice(2);
const socket = connect(`http://localhost:${process.env.PORT ?? 3000}`, process.env.TOKEN);
console.log(JSON.stringify(await send(socket, event, JSON.parse(data))));
socket.close();
