-- $rows deals with one device each, seller, unit and ledger line, shared by the two stores $mine and
-- $other; number 0 is the newest. 120 deals a day and store; one old deal in 500 is still running.
SET session_replication_role = replica;  -- no triggers, no foreign keys: made to be read

INSERT INTO buyback_seller (family_name, given_name, family_kana, given_kana, search_kana, birth_on,
  postal_code, address, phone, occupation, workplace, invoice_number, version, recorded_at)
SELECT '見本', '太郎', kana.family, kana.given, kana.family || kana.given, '1990-04-01', '1500043',
  '東京都渋谷区道玄坂1-2-3', '09012345678', '会社員', '', '', 1, now()
FROM generate_series(0, $rows - 1) n,
  LATERAL (SELECT
    (ARRAY['ア','カ','サ','タ','ナ','ハ','マ','ヤ','ラ','ワ'])[1 + n / 2 % 10]
      || (ARRAY['イ','キ','シ','チ','ニ','ヒ','ミ','リ'])[1 + n / 20 % 8]
      || (ARRAY['ダ','モト','ムラ','カワ','サキ'])[1 + n / 160 % 5] AS family,
    (ARRAY['タロウ','ハナコ','ジロウ','ユキ'])[1 + n / 800 % 4] AS given) kana
ORDER BY n;

INSERT INTO buyback_deal (code, store_id, seller_id, state, business_date, queue_number, opened_at,
  opened_by_id, state_since)
SELECT 'S' || lpad(n::text, 10, '0'), CASE n % 2 WHEN 0 THEN $mine ELSE $other END, n + 1,
  CASE WHEN n < 240 THEN (ARRAY['open','offered','accepted','signed','concluded','paid'])[1 + n / 2 % 6]
    WHEN n / 2 % 500 = 0 THEN 'offered' WHEN n / 2 % 5 = 0 THEN 'declined' ELSE 'paid' END,
  '$today'::date - n / 240, 1 + n / 2 % 120, now() - n * interval '40 seconds', $user,
  now() - n * interval '40 seconds'
FROM generate_series(0, $rows - 1) n ORDER BY n;

INSERT INTO buyback_item (deal_id, position, variant_id, colour, imei1, imei2, serial, state, version)
SELECT d.id, 1, $variant, '黒', '35' || lpad((d.id * 7919 % 10000000000000)::text, 13, '0'), '', '',
  CASE d.state WHEN 'open' THEN 'open' WHEN 'offered' THEN 'offered' WHEN 'accepted' THEN 'offered'
    WHEN 'signed' THEN 'offered' WHEN 'declined' THEN 'declined' ELSE 'bought' END, 1
FROM buyback_deal d ORDER BY d.id;

INSERT INTO buyback_activeimei (imei, item_id)
SELECT imei1, id FROM buyback_item WHERE state IN ('open', 'offered');

INSERT INTO inventory_unit (code, store_id, variant_id, colour, imei1, imei2, serial, grade,
  disposition, channels, under_restriction, cost_yen, state, acquired_at)
SELECT 'U-' || d.id, d.store_id, $variant, '黒', i.imei1, '', '', 'B', 'resale', '{domestic}', false,
  30000, CASE WHEN d.id > 4000 THEN 'sold' ELSE (ARRAY['quarantine','ready','listed'])[1 + d.id % 3] END,
  d.opened_at
FROM buyback_deal d JOIN buyback_item i ON i.deal_id = d.id ORDER BY d.id;

INSERT INTO inventory_imeiinhand (imei, unit_id)
SELECT imei1, id FROM inventory_unit WHERE state <> 'sold';

INSERT INTO inventory_ledgerentry (store_id, seq, kind, dealt_on, written_at, manner, item_kind,
  feature, quantity, method, price_yen, kobutsu_special, unit_code, reference, written_by_id,
  writer_name, party_digest, previous_hash, entry_hash)
SELECT store_id, row_number() OVER (PARTITION BY store_id ORDER BY id DESC), 'receive', business_date,
  opened_at, '買受け', '携帯電話', 'iPhone 14 128GB / 黒 / IMEI 350000000000000', 1,
  '1号 運転免許証の提示', 30000, true, 'U-' || id, code, $user, '佐藤 次郎', md5(id::text),
  'p' || id, md5(id::text)
FROM buyback_deal ORDER BY id DESC;

INSERT INTO inventory_ledgerparty (entry_id, name, address, occupation, age, salt, purge_on)
SELECT id, '見本 太郎', '東京都渋谷区道玄坂1-2-3', '会社員', 34, md5(id::text), dealt_on + 2557
FROM inventory_ledgerentry ORDER BY id;
