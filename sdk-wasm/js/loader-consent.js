/* The loader for pages whose config has rules of privacy: reads consent, then does what loader.js does. */
import './privacy.js';
import './loader.js';
