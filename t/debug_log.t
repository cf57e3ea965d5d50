use strict;
use warnings;

# What an nginx that was built --with-debug says of each decision about a page.

use AepServer;
use Compress::Zlib ();
use Test::More;

my $nginx = AepServer::binary();
plan skip_all => 'this nginx was built without --with-debug' unless `$nginx -V 2>&1` =~ /--with-debug/;

my $server = AepServer->start(edge => 'http://127.0.0.1:1', workers => 1, server => <<'SERVER');
    error_log debug.log debug;
    location /shop/   { alias html/; charset utf-8; }
    location /strict/ { alias html/; charset utf-8; add_header Content-Security-Policy "script-src 'none'"; }
    location /gzip/   { alias html/; charset utf-8; gzip_static always; }
SERVER

mkdir $server->directory . '/html';
my $page = '<!doctype html><head><title>Shop</title></head>';
for (['page.html', $page], ['list.html', '<li>A product</li>'], ['style.css', 'p {}'],
    ['page.html.gz', Compress::Zlib::memGzip($page)]) {
    open my $out, '>', $server->directory . "/html/$_->[0]" or die "$_->[0]: $!";
    print $out $_->[1];
}

my $read = 0;

# What was said of a page since the last call, without what nginx puts in front.
sub lines_for {
    my ($path, %header) = @_;
    $server->client->get($path, %header);
    open my $in, '<', $server->directory . '/debug.log' or die "debug.log: $!";
    seek $in, $read, 0;
    my @lines = map { /(aep page: .*)/ ? $1 : () } <$in>;
    $read = tell $in;
    return \@lines;
}

is_deeply(lines_for('/shop/page.html'), [
    'aep page: header of status 200: searching', 'aep page: header held:1, compressed:0',
    'aep page: tag at byte 21: injected, decided in 47 bytes',
], 'a page');
is_deeply(lines_for('/shop/list.html'), [
    'aep page: header of status 200: searching', 'aep page: header held:1, compressed:0',
    'aep page: no tag: fragment, decided in 18 bytes',
], 'a fragment');
is_deeply(lines_for('/shop/style.css'), ['aep page: header of status 200: not_html'], 'a style sheet');
is_deeply(lines_for('/strict/page.html'), [
    'aep page: header of status 200: searching',
    'aep page: policies allow the tag:0, connections:1, blocked by "script-src", nonce:0',
    'aep page: no tag: policy, decided in 0 bytes',
], 'a page whose policy blocks the tag');
like(join("\n", @{ lines_for('/gzip/page.html', 'Accept-Encoding' => 'gzip') }),
    qr/^aep page: header held:1, compressed:1\naep page: tag at byte 21: injected.*\naep page: leaves encoded in gzip again$/m,
    'a page that lies on disk compressed');
like(join("\n", @{ lines_for('/shop/page.html', Accept => 'text/html', 'If-None-Match' => '"1-2"') }),
    qr/^aep page: If-None-Match for the original: "-aep"$/m, 'a browser with a copy from before');

$server->quit;
$server->is_clean('in all of it');
done_testing;
