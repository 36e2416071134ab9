import { defineMessages } from './message';

/** Words around a telegram that is explained byte by byte. The decoder's own words are English. */
export const explain = defineMessages({
  'explain.title': { en: 'Telegram, byte by byte', de: 'Telegramm, Byte für Byte', ru: 'Телеграмма побайтно', zh: '逐字节解析报文' },
  'explain.offset': { en: 'Byte', de: 'Byte', ru: 'Байт', zh: '字节' },
  'explain.decrypted': { en: 'decrypted', de: 'entschlüsselt', ru: 'расшифровано', zh: '已解密' },
  'layer.DLL': { en: 'Data link layer', de: 'Sicherungsschicht', ru: 'Канальный уровень', zh: '数据链路层' },
  'layer.ELL': { en: 'Extended link layer', de: 'Erweiterte Sicherungsschicht', ru: 'Расширенный канальный уровень', zh: '扩展链路层' },
  'layer.NWL': { en: 'Network layer', de: 'Vermittlungsschicht', ru: 'Сетевой уровень', zh: '网络层' },
  'layer.AFL': {
    en: 'Authentication and fragmentation layer',
    de: 'Authentifizierung und Fragmentierung',
    ru: 'Аутентификация и фрагментация',
    zh: '认证与分片层',
  },
  'layer.TPL': { en: 'Transport layer', de: 'Transportschicht', ru: 'Транспортный уровень', zh: '传输层' },
  'layer.APL': { en: 'Application layer', de: 'Anwendungsschicht', ru: 'Прикладной уровень', zh: '应用层' },
});
