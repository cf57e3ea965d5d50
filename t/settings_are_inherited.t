use strict;
use warnings;

# What is set in the http block holds in all server blocks, and in their locations, unless they set it themselves.

use AepEdge;
use AepServer;
use AepTag;
use File::Temp ();
use Test::More;

my $datastream = 'ebebf826-a01f-4458-8cec-ef61de241c93';
my $edge       = AepEdge->start;
my $other_edge = AepEdge->start;
my $url        = 'http://127.0.0.1:' . $edge->port;
my $other_url  = 'http://127.0.0.1:' . $other_edge->port;

my $files = File::Temp->newdir('aep-XXXXXX', TMPDIR => 1);
for ([http => '{ "debugEnabled": true }'], [server => '{"context":["web", "caf\u00e9"],"n":[1.10,19.99,1e3]}']) {
    open my $out, '>', "$files/$_->[0].json" or die "$_->[0]: $!";
    print $out $_->[1] =~ s/"n".*/"clickCollection":{"x":19.99}}/r;
}

my $port = AepServer::free_port();

sub server_block {
    my ($name, $lines) = @_;
    return <<"SERVER";
    server {
        listen       127.0.0.1:$port;
        server_name  $name;
        location ^~ /aep/ { aep_sdk; }
        location ^~ /ee/  { aep_gateway; }
        location /        { return 200 "<!doctype html><head><meta charset=utf-8>"; }
        $lines
    }
SERVER
}

my $changed = <<"LINES";
        aep_datastream_id           6a1c2f30-8d4b-4e57-a9c1-0b7d5e3f9a12:dev;
        aep_web_sdk_options         $files/server.json;
        aep_page_view               auto;
        aep_default_consent         out;
        aep_opt_out_cookie          no_tracking;
        aep_global_privacy_control  on;
        aep_client_ip               full;
        aep_commerce_scope          store=b;
        aep_edge                    $other_url answer_timeout=5s;
LINES

my $scopes = <<"LINES";
        aep_datastream_id  $datastream;
        location /b/ {
            aep_commerce_scope  website=wb store_view=\$arg_view;
            return 200 "<!doctype html><head><meta charset=utf-8>";
            location /b/c/ { return 200 "<!doctype html><head><meta charset=utf-8>"; }
            location /b/d/ { aep_inject off; return 200 "<!doctype html><head><meta charset=utf-8>"; }
        }
        location /off/ {
            aep_inject  off;
            return 200 "<!doctype html><head><meta charset=utf-8>";
            location /off/on/  { aep_inject on; return 200 "<!doctype html><head><meta charset=utf-8>"; }
            location /off/off/ { return 200 "<!doctype html><head><meta charset=utf-8>"; }
        }
LINES

my $direct = <<"SERVER";
    server {
        listen             127.0.0.1:$port;
        server_name        direct.example;
        aep_datastream_id  $datastream;
        location ^~ /aep/ { aep_sdk; }
        location / { return 200 "<!doctype html><head><meta charset=utf-8>"; }
    }
SERVER

my $http = <<"LINES";
    default_type                text/html;
    aep_web_sdk_options         $files/http.json;
    aep_page_view               off;
    aep_default_consent         pending;
    aep_opt_out_cookie          off;
    aep_global_privacy_control  off;
    aep_client_ip               off;
    aep_commerce_scope          environment=e website=w store=s store_view=v;
LINES

my $server = AepServer->start(
    edge    => "$url answer_timeout=5s",
    http    => $http,
    port    => $port,
    servers => CORE::join '',
    server_block('inherits.example', "aep_datastream_id $datastream;"),
    server_block('changes.example',  $changed),
    server_block('scopes.example',   $scopes),
    $direct,
);
