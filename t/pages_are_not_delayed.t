use strict;
use warnings;

# What the shop flushes early reaches the visitor early, tag included.

use AepOrigin;
use AepServer;
use AepTag;
use Compress::Raw::Zlib ();
use Test::More;

my $origin = AepOrigin->start;

sub url_of {
    my ($name, @pieces) = @_;
    return $origin->url($name, ["HTTP/1.0 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n$pieces[0]",
        map { (\$name, $_) } @pieces[1 .. $#pieces]]);
}

my $head_url     = url_of('head',     '<!doctype html><head>', '<title>Shop</title></head>');
my $body_url     = url_of('body',     '<!doctype html><head><title>Shop</title></head><body>Your order', ' is placed');
my $partial_url  = url_of('partial',  '<!doctype html><!-- hello --><he', 'ad><title>Shop</title></head>');
my $fragment_url = url_of('fragment', '<p>One', '<p>Two');

# Compressed, and flushed in between.
my $large = '<!doctype html><head><title>Shop</title></head>' . 'A product. ' x 500_000;
my ($deflate) = Compress::Raw::Zlib::Deflate->new(-WindowBits => Compress::Raw::Zlib::WANT_GZIP(), -AppendOutput => 1);
my ($first, $second) = ('', '');
$deflate->deflate($large, $first);
$deflate->flush($first, Compress::Raw::Zlib::Z_SYNC_FLUSH());
$deflate->deflate(' and the end', $second);
$deflate->flush($second);
my $large_url = $origin->url('large', ["HTTP/1.0 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n"
        . "Content-Encoding: gzip\r\n\r\n$first", \'large', $second]);

# The text of what has come so far, without the tag.
sub decoded {
    my ($coded) = @_;
    my $text = '';
    my ($inflate) = Compress::Raw::Zlib::Inflate->new(-WindowBits => Compress::Raw::Zlib::WANT_GZIP(), -AppendOutput => 1);
    $inflate->inflate($coded, $text);
    return AepTag::marked($text) =~ s/\[tag\]//r;
}

my $server = AepServer->start(edge => 'http://127.0.0.1:1', workers => 1, server => <<"SERVER");
    proxy_buffering  off;
    location = /head     { proxy_pass $head_url; }
    location = /body     { proxy_pass $body_url; }
    location = /partial  { proxy_pass $partial_url; }
    location = /large    { proxy_pass $large_url; }
    location = /fragment { proxy_pass $fragment_url; }
SERVER

# What has arrived while the shop is silent, as soon as it is what is expected, and then all.
sub early_and_all {
    my ($path, $expected) = @_;
    my $waiting = $server->client->begin('GET', $path, '');
    my $early;
    AepServer::wait_until(sub {
        $early = AepTag::marked($waiting->answer(timeout => 0.02)->{body});
        return length $early >= length $expected;
    }, 20);
    $origin->go_on($path =~ s{^/}{}r);
    return ($early, AepTag::marked($waiting->answer->{body}));
}

my %expected = (
    '/head'     => ['<!doctype html><head>[tag]', '<title>Shop</title></head>'],
    '/body'     => ['<!doctype html><head>[tag]<title>Shop</title></head><body>Your order', ' is placed'],
    '/partial'  => ['<!doctype html><!-- hello -->', '<head>[tag]<title>Shop</title></head>'],
    '/fragment' => ['<p>One', '<p>Two'],
);
for my $path (sort keys %expected) {
    my ($early, $all) = early_and_all($path, $expected{$path}[0]);
    is($early, $expected{$path}[0], "$path: what was flushed is there at once");
    is($all, join('', @{ $expected{$path} }), "$path: the rest follows");
}

# A page of which so much is decoded at once that nginx sees to others in between.
my ($early, $all) = ('', '');
{
    my $waiting = $server->client->begin('GET', '/large', '', 'Accept-Encoding' => 'gzip');
    AepServer::wait_until(sub {
        $early = decoded($waiting->answer(timeout => 0.02)->{body});
        return length $early >= length $large;
    }, 20);
    $origin->go_on('large');
    $all = decoded($waiting->answer->{body});
}
is(length $early, length $large, '/large: what was flushed is there at once');
ok($all eq "$large and the end", '/large: the rest follows');

$server->quit;
$server->is_clean('in all of it');
done_testing;
