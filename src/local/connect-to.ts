import { connect, type Socket } from 'node:net';

/** A connection to a port of 127.0.0.1, or null when nothing listens there. */
export function connectTo(port: number): Promise<Socket | null> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    // Stays: an error must find a listener even before the one who asked for the connection has put one there.
    socket.on('error', () => resolve(null));
    socket.once('connect', () => resolve(socket));
  });
}
