import { defineMessages } from './message';

/**
 * Words around a telegram that is explained byte by byte, by the standard's names of its fields. The decoder's own
 * sentences are English; they stand beside.
 */
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

  'part.L': { en: 'Length', de: 'Länge', ru: 'Длина', zh: '长度' },
  'part.C': { en: 'Control field', de: 'Steuerfeld', ru: 'Поле управления', zh: '控制字段' },
  'part.M': { en: 'Manufacturer', de: 'Hersteller', ru: 'Изготовитель', zh: '制造商' },
  'part.A': { en: 'Address', de: 'Adresse', ru: 'Адрес', zh: '地址' },
  'part.identification': { en: 'Identification number', de: 'Identnummer', ru: 'Идентификационный номер', zh: '标识号' },
  'part.version': { en: 'Version', de: 'Version', ru: 'Версия', zh: '版本' },
  'part.device_type': { en: 'Device type', de: 'Geräteart', ru: 'Тип прибора', zh: '设备类型' },
  'part.CI': { en: 'What follows', de: 'Was folgt', ru: 'Что следует дальше', zh: '后续内容' },
  'part.ACC': { en: 'Access number', de: 'Zugriffsnummer', ru: 'Номер доступа', zh: '访问号' },
  'part.ST': { en: 'Status', de: 'Status', ru: 'Состояние', zh: '状态' },
  'part.CF': { en: 'Configuration', de: 'Konfiguration', ru: 'Конфигурация', zh: '配置' },
  'part.CFE': { en: 'Configuration, continued', de: 'Konfiguration, Fortsetzung', ru: 'Конфигурация, продолжение', zh: '配置（续）' },
  'part.MCR': { en: 'Message counter', de: 'Nachrichtenzähler', ru: 'Счётчик сообщений', zh: '消息计数器' },
  'part.KV': { en: 'Key version', de: 'Schlüsselversion', ru: 'Версия ключа', zh: '密钥版本' },
  'part.KI': { en: 'Key information', de: 'Schlüsselinformation', ru: 'Сведения о ключе', zh: '密钥信息' },
  'part.AFLL': { en: 'Length of this layer', de: 'Länge dieser Schicht', ru: 'Длина этого уровня', zh: '本层长度' },
  'part.FCL': { en: 'Fragmentation', de: 'Aufteilung', ru: 'Фрагментация', zh: '分片' },
  'part.MCL': { en: 'Message control', de: 'Nachrichtensteuerung', ru: 'Управление сообщением', zh: '消息控制' },
  'part.MAC': { en: 'Authentication code', de: 'Echtheitsnachweis', ru: 'Код подлинности', zh: '认证码' },
  'part.ML': { en: 'Message length', de: 'Nachrichtenlänge', ru: 'Длина сообщения', zh: '消息长度' },
  'part.CC': { en: 'Communication control', de: 'Kommunikationssteuerung', ru: 'Управление связью', zh: '通信控制' },
  'part.A2': { en: 'Receiver', de: 'Empfänger', ru: 'Получатель', zh: '接收方' },
  'part.SN': { en: 'Session number', de: 'Sitzungsnummer', ru: 'Номер сеанса', zh: '会话号' },
  'part.CRC': { en: 'Checksum', de: 'Prüfsumme', ru: 'Контрольная сумма', zh: '校验和' },
  'part.DIB': { en: 'Kind of data', de: 'Art der Daten', ru: 'Вид данных', zh: '数据类型' },
  'part.VIB': { en: 'Quantity and unit', de: 'Größe und Einheit', ru: 'Величина и единица', zh: '物理量与单位' },
  'part.Data': { en: 'Value', de: 'Wert', ru: 'Значение', zh: '数值' },
  'part.Fill': { en: 'Filler', de: 'Füllbytes', ru: 'Заполнение', zh: '填充' },
  'part.Encrypted': { en: 'Encrypted', de: 'Verschlüsselt', ru: 'Зашифровано', zh: '加密内容' },
});
