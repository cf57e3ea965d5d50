use AepGateway 'no_plan';

# `set_real_ip_from` (nginx's realip module) stands for visitors from elsewhere than this machine.

run_tests();

__DATA__

=== TEST 1: the visitor's address goes along, and only that
--- http
    set_real_ip_from  127.0.0.1;
--- more_headers
X-Real-IP: 198.51.100.237
X-Forwarded-For: 10.0.0.1, 10.0.0.2
--- request
POST /ee/v1/interact
{"events":[{"xdm":{}}]}
--- edge_gets
headers.x-forwarded-for is "198.51.100.237"



=== TEST 2: what a client claims counts only where nginx trusts it
--- more_headers
X-Real-IP: 198.51.100.237
X-Forwarded-For: 198.51.100.237
--- request
POST /ee/v1/interact
{"events":[{"xdm":{}}]}
--- edge_gets
headers.x-forwarded-for is "127.0.0.1"



=== TEST 3: an IPv6 address
--- http
    set_real_ip_from  127.0.0.1;
--- more_headers
X-Real-IP: 2001:0db8:85a3:0008:0000:8a2e:0370:7334
--- request
POST /ee/v1/interact
{"events":[{"xdm":{}}]}
--- edge_gets
headers.x-forwarded-for is "2001:db8:85a3:8:0:8a2e:370:7334"



=== TEST 4: truncated: without the last 8 bits
--- http
    set_real_ip_from  127.0.0.1;
--- website
    aep_client_ip  truncated;
--- more_headers
X-Real-IP: 198.51.100.237
--- request
POST /ee/v1/interact
{"events":[{"xdm":{}}]}
--- edge_gets
headers.x-forwarded-for is "198.51.100.0"
headers.x-forwarded-for unlike 237



=== TEST 5: truncated IPv6: without the last 80 bits
--- http
    set_real_ip_from  127.0.0.1;
--- website
    aep_client_ip  truncated;
--- more_headers
X-Real-IP: 2001:db8:85a3:8:0:8a2e:370:7334
--- request
POST /ee/v1/interact
{"events":[{"xdm":{}}]}
--- edge_gets
headers.x-forwarded-for is "2001:db8:85a3::"



=== TEST 6: off
--- http
    set_real_ip_from  127.0.0.1;
--- website
    aep_client_ip  off;
--- more_headers
X-Real-IP: 198.51.100.237
X-Forwarded-For: 198.51.100.237
Forwarded: for=198.51.100.237
True-Client-IP: 198.51.100.237
--- request
POST /ee/v1/interact
{"events":[{"xdm":{}}]}
--- edge_gets
headers.x-forwarded-for absent
headers unlike 198\.51\.100



=== TEST 7: a visitor behind a socket of this machine has none
--- http
    upstream gateway { server unix:$TEST_NGINX_SERVER_ROOT/gateway.sock; }
    server {
        listen  unix:$TEST_NGINX_SERVER_ROOT/gateway.sock;
        aep_datastream_id  ebebf826-a01f-4458-8cec-ef61de241c93;
        location ^~ /aep/ { aep_sdk; }
        location ^~ /ee/ { aep_gateway; }
    }
--- config
    location ^~ /ee/ { proxy_pass http://gateway; proxy_set_header Host $host; }
--- request
POST /ee/v1/interact
{"events":[{"xdm":{}}]}
--- edge_gets
path is "/ee/v1/interact"
headers.x-forwarded-for absent
