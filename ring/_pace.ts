/** How often a try in vain asks the system for the peer, in milliseconds. */
export const LISTEN_EVERY = 20;
