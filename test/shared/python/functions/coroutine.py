import asyncio
from typing import Optional


async def coroutine(url: str, timeout: Optional[float] = None, retries: int = 3) -> dict:
    async with asyncio.timeout(timeout):
        await asyncio.sleep(0)
    return {i: j async for i, j in pairs()}


async def pairs():
    for i in range(3):
        yield i, await asyncio.sleep(0, i)
