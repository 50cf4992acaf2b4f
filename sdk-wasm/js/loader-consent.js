/* The loader for pages whose config has privacy rules: reads consent, then does what loader.js does. */
import './privacy.js';
import './loader.js';
