import { main } from '../../shared/cli/main.ts';
import { group } from './index.ts';

await main(group);
