use strict;
use warnings;

# What HTTP sends before a page and behind it stays where it is.

use AepOrigin;
use AepServer;
use AepTag;
use Test::More;

my $origin = AepOrigin->start;
my $url    = $origin->url('page', ["HTTP/1.0 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<!doctype html><he",
    'ad><title>Shop</title>']);

my $server = AepServer->start(edge => 'http://127.0.0.1:1', workers => 1, server => <<"SERVER");
    location /buffered   { proxy_pass $url; add_trailer X-Checked yes; }
    location /unbuffered { proxy_pass $url; add_trailer X-Checked yes; proxy_buffering off; }
SERVER
my $page = '<!doctype html><head>[tag]<title>Shop</title>';

for my $path (qw(/buffered /unbuffered)) {
    my $waiting = $server->client->begin('GET', $path, '');
    my $answer  = $waiting->answer;
    is(AepTag::marked($answer->{body}), $page, "$path: a page");
    like($waiting->{text}, qr/\r\n0\r\nX-Checked: yes\r\n\r\n\z/, "$path: its trailers are behind it");

    $waiting = $server->client->begin_raw("POST $path HTTP/1.1\r\nHost: shop.example\r\nExpect: 100-continue\r\n"
        . "Content-Length: 3\r\nConnection: close\r\n\r\n");
    $waiting->socket->sysread($waiting->{text}, 65536);
    is($waiting->{text}, "HTTP/1.1 100 Continue\r\n\r\n", "$path: the form is asked for first");
    $waiting->{text} = '';
    $waiting->socket->syswrite('a=b');
    is(AepTag::marked($waiting->answer->{body}), $page, "$path: then the page comes");
}

$server->quit;
$server->is_clean('in all of it');
done_testing;
