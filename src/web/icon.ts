/** A bell that rings before the flock follows. */
export const ICON = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="8" fill="#3a5bd9"/><path d="M16 6.5a6.6 6.6 0 0 1 6.6 6.6c0 4.6 1.2 6.3 2.4 7.4.5.5.2 1.3-.5 1.3h-17c-.7 0-1-.8-.5-1.3 1.2-1.1 2.4-2.8 2.4-7.4A6.6 6.6 0 0 1 16 6.5z" fill="#fff"/><path d="M13.2 23.4a2.9 2.9 0 0 0 5.6 0z" fill="#fff"/><circle cx="23.4" cy="8.9" r="4" fill="#ff6b66" stroke="#3a5bd9" stroke-width="1.6"/></svg>
`;
