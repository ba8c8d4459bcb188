# What must not stay in a log: private keys, passwords, Wi-Fi keys, and whom a public key belongs to.
/-----BEGIN [A-Z ]*PRIVATE KEY-----/,/-----END [A-Z ]*PRIVATE KEY-----/s/.*/[key]/
s/(Password[ :=-]+)[^ ,]+/\1[secret]/I
s/((passwd|passphrase|psk|wpa_passphrase|wifi_key|wifi-sec\.psk|secret|token|api_key)["']?[ ]*[=:][ ]*)("[^"]*"|'[^']*'|[^ ,;]+)/\1[secret]/Ig
s/(password["']?[ ]*[=:][ ]*)("[^"]*"|'[^']*'|[^ ,;]+)/\1[secret]/Ig
s/(l4t_create_default_user\.sh.* (-p|--password) )[^ ]+/\1[secret]/
s/(sshpass -p )[^ ]+/\1[secret]/g
s/((ssh-(rsa|ed25519|dss)|ecdsa-sha2-[a-z0-9-]+|sk-[a-z0-9@.-]+) AAAA[A-Za-z0-9+\/]{8})[A-Za-z0-9+\/=]*( .*)?$/\1.../
s/\$(1|5|6|y|2b)\$[^: ]+/[hash]/g
