import { type Listener, listen } from '../../src/platform/index.ts';

const open: Listener[] = [];
const serve = async (port = 0): Promise<Listener> => {
  const listener = await listen((_, response) => response.end('hello'), { host: '127.0.0.1', port, name: 'api' });
  open.push(listener);
  return listener;
};
afterEach(async () => {
  await Promise.all(open.splice(0).map((listener) => listener.close()));
});

describe('listen', () => {
  it('serves on a free port where 0 is asked for', async () => {
    const { url, port } = await serve();
    expect(port).toBeGreaterThan(0);
    expect(await (await fetch(url)).text()).toBe('hello');
  });

  it('says which port is in use, and for what', async () => {
    const { port } = await serve();
    await expect(serve(port)).rejects.toMatchObject({
      code: 'invalid_config',
      message: `cannot listen on 127.0.0.1:${port} for api: the port is in use`,
    });
  });

  it('closes although a client keeps its connection open, and takes no new one', async () => {
    const listener = await serve();
    await (await fetch(listener.url, { headers: { connection: 'keep-alive' } })).text();
    await listener.close();
    await listener.close();
    await expect(fetch(listener.url)).rejects.toThrow();
  });
});
